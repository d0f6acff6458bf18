"""From a file to rows of the database: reading, cleaning, comparing, writing, undoing.

`inspection` opens a file, `layout` says how it is to be read, `cleaning` reads its rows,
`staging` puts them into `ImportRow`, `judging` compares them with what is known, `writing`
carries out what the preview said, `undoing` takes it back. The business actions stand in
`workshop.services.imports`.
"""
