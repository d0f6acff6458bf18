"""The demo dealership: invented people and cars, always as of today.

Telephone numbers come from ranges nobody can have (199 0000 xxxx, 010-0000-xxxx, the
+44 7700 900xxx kept for films), mail addresses from example.com.
"""
