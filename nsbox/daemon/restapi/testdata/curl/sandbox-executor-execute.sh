# Sandbox Executor, POST /api/v1/execute
# answer: execution_id
# answer: status "success"
# answer: stdout "Hello, World!\n"
# answer: stderr ""
# answer: execution_time_ms
# answer: memory_used_mb
# answer: exit_code 0
# answer: error null
# answer: verdict "ok"
curl -X POST http://localhost:8080/api/v1/execute \
  -H "Content-Type: application/json" \
  -d '{
    "code": "print(\"Hello, World!\")",
    "language": "python",
    "timeout": 10
  }'
