function Vector(x, y) {
  this.x = x;
  this.y = y;
}

Vector.prototype.add = function (other) {
  return new Vector(this.x + other.x, this.y + other.y);
};

Vector.prototype.length = function () {
  return Math.sqrt(this.x * this.x + this.y * this.y);
};

Vector.prototype.toString = function () {
  return "(" + this.x + ", " + this.y + ")";
};

var a = new Vector(3, 4);
var b = new Vector(-1, 2);
var sum = a.add(b);
console.log(String(sum), a.length());

var counter = (function () {
  var count = 0;
  return {
    increment: function () {
      count += 1;
      return count;
    },
    reset: function () {
      count = 0;
    },
  };
})();
counter.increment();
counter.increment();
console.log(counter.increment());
counter.reset();
console.log(counter.increment());
switch (sum.y) {
  case 6:
    console.log("six");
    break;
  case 7:
    console.log("seven");
    break;
  default:
    console.log("other");
}
