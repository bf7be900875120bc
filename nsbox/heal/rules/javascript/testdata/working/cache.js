'use strict'

// LRU cache without semicolons
class LRUCache {
  constructor (capacity) {
    this.capacity = capacity
    this.entries = new Map()
  }

  get (key) {
    if (!this.entries.has(key)) return undefined
    const value = this.entries.get(key)
    this.entries.delete(key)
    this.entries.set(key, value)
    return value
  }

  set (key, value) {
    if (this.entries.has(key)) this.entries.delete(key)
    this.entries.set(key, value)
    if (this.entries.size > this.capacity) {
      const oldest = this.entries.keys().next().value
      this.entries.delete(oldest)
    }
  }
}

const cache = new LRUCache(2)
cache.set('a', 1)
cache.set('b', 2)
cache.get('a')
cache.set('c', 3)
console.log(cache.get('a'), cache.get('b'), cache.get('c'))
console.log(Array.from(cache.entries.keys()).join('|'))
