# pybox, README, "Using the FastAPI service"
# answer: status "ok"
# answer: result 5
# answer: errmsg null
# answer: returncode 0
# answer: duration
curl -X POST http://localhost:8000/run \
  -H "Content-Type: application/json" \
  -d '{"code": "result = x + y", "input": {"x": 2, "y": 3}}'
