"""Pages: each file is one part of the console, and has a `router`. `ROUTERS` in `app` names them."""
