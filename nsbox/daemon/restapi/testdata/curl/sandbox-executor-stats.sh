# Sandbox Executor, GET /api/v1/stats
# answer: executions
curl http://localhost:8080/api/v1/stats
