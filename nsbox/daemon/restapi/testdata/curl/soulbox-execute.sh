# SoulBox, README, "Verify Installation"
# answer: output "Hello from SoulBox!\n"
# answer: exit_code 0
curl -X POST http://localhost:3000/api/v1/execute \
  -H "Content-Type: application/json" \
  -H "Authorization: Bearer YOUR_JWT_TOKEN" \
  -d '{
    "runtime": "python",
    "code": "print(\"Hello from SoulBox!\")",
    "timeout": 5000
  }'
