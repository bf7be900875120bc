# SoulBox, README, "REST API Endpoints", Container Management
# answer: sandboxes []
curl http://localhost:3000/api/v1/containers -H "Authorization: Bearer YOUR_JWT_TOKEN"
