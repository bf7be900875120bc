# YuuBox, README, the health check of its docker-compose.yml
# answer: status "healthy"
curl -f http://localhost:8000/health
