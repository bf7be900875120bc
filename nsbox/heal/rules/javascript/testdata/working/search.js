function quickSort(array) {
    if (array.length <= 1) {
        return array;
    }
    const [pivot, ...rest] = array;
    const left = rest.filter(function (x) { return x < pivot; });
    const right = rest.filter(function (x) { return x >= pivot; });
    return quickSort(left).concat(pivot, quickSort(right));
}

function binarySearch(sorted, target) {
    let low = 0;
    let high = sorted.length - 1;
    while (low <= high) {
        const middle = Math.floor((low + high) / 2);
        if (sorted[middle] === target) {
            return middle;
        } else if (sorted[middle] < target) {
            low = middle + 1;
        } else {
            high = middle - 1;
        }
    }
    return -1;
}

const data = [31, 4, 15, 92, 65, 35];
const sorted = quickSort(data);
console.log('sorted: ' + sorted.join(', '));
console.log('index of 35: ' + binarySearch(sorted, 35));
console.log('index of 99: ' + binarySearch(sorted, 99));
var bubble = data.slice();
for (var i = 0; i < bubble.length; i++) {
    for (var j = 0; j < bubble.length - i - 1; j++) {
        if (bubble[j] > bubble[j + 1]) {
            var temp = bubble[j];
            bubble[j] = bubble[j + 1];
            bubble[j + 1] = temp;
        }
    }
}
console.log(bubble.toString() === sorted.toString() ? 'same' : 'different');
