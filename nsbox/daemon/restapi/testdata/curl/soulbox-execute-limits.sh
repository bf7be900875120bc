# SoulBox, README, "REST API Endpoints", Code Execution
# answer: output "Hello World\n"
curl -X POST http://localhost:3000/api/v1/execute \
  -H "Authorization: Bearer YOUR_JWT_TOKEN" \
  -H "Content-Type: application/json" \
  -d '{
  "runtime": "python",
  "code": "print(\"Hello World\")",
  "timeout": 5000,
  "memory_limit": 256,
  "cpu_limit": 0.5
}'
