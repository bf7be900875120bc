# Sandbox Executor, GET /api/v1/config
# answer: supported_languages
curl http://localhost:8080/api/v1/config
