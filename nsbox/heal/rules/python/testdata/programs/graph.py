import heapq
from collections import deque

EDGES = [("a", "b", 4), ("a", "c", 1), ("c", "b", 2), ("b", "d", 5), ("c", "d", 8), ("d", "e", 3)]


def build(edges):
    graph = {}
    for start, end, weight in edges:
        graph.setdefault(start, []).append((end, weight))
        graph.setdefault(end, []).append((start, weight))
    return graph


def shortest(graph, source):
    distance = {source: 0}
    queue = [(0, source)]
    while queue:
        cost, node = heapq.heappop(queue)
        if cost > distance[node]:
            continue
        for neighbour, weight in graph[node]:
            total = cost + weight
            if neighbour not in distance or total < distance[neighbour]:
                distance[neighbour] = total
                heapq.heappush(queue, (total, neighbour))
    return distance


def breadth_first(graph, start):
    seen, order = {start}, []
    waiting = deque([start])
    while waiting:
        node = waiting.popleft()
        order.append(node)
        for neighbour, _ in sorted(graph[node]):
            if neighbour not in seen:
                seen.add(neighbour)
                waiting.append(neighbour)
    return order


graph = build(EDGES)
print("order:", "-".join(breadth_first(graph, "a")))
for node, cost in sorted(shortest(graph, "a").items()):
    print(f"{node}: {cost:3d}")
