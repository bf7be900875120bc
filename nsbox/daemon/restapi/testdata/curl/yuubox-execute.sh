# YuuBox, README, "HTTP API Server"
# answer: success false
# answer: stdout ""
# answer: stderr
# answer: exit_code 1
# answer: iterations
# answer: execution_time
# answer: final_code
# answer: error_history
curl -X POST http://localhost:8000/execute \
  -H "Content-Type: application/json" \
  -d '{
    "code": "print(hello_world)",
    "language": "python",
    "max_iterations": 5,
    "timeout": 60,
    "memory_mb": 256
  }'
