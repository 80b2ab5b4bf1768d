"""The REST API: each file is one part, and has a `router`. `ROUTERS` in `app` names them."""
