"""Where the embedded servers listen."""


def secret_key() -> str:
    return "x" * 60


def database() -> dict[str, object]:
    return {}


def redis_url() -> str:
    return "redis://127.0.0.1:6379/0"


def broker_url(url: str) -> str:
    return url.replace("unix://", "redis+socket://")
