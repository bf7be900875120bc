# SoulBox, README, "Verify Installation"
# answer: status "healthy"
curl http://localhost:3000/health
