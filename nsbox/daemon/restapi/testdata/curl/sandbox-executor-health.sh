# Sandbox Executor, GET /api/v1/health
# answer: status "healthy"
curl http://localhost:8080/api/v1/health
