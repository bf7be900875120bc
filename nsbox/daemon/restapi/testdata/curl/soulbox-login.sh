# SoulBox, README, "REST API Endpoints", Authentication
# answer: token
curl -X POST http://localhost:3000/api/v1/auth/login \
  -H "Content-Type: application/json" \
  -d '{
  "username": "user@example.com",
  "password": "secure_password"
}'
