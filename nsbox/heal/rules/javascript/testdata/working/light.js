const Color = Object.freeze({ RED: 'red', GREEN: 'green', AMBER: 'amber' });

const transitions = {
	[Color.RED]: Color.GREEN,
	[Color.GREEN]: Color.AMBER,
	[Color.AMBER]: Color.RED,
};

class TrafficLight {
	constructor(start = Color.RED) {
		this.state = start;
		this.listeners = [];
	}

	onChange(listener) {
		this.listeners.push(listener);
		return () => {
			this.listeners = this.listeners.filter((l) => l !== listener);
		};
	}

	next() {
		const previous = this.state;
		this.state = transitions[previous];
		for (const listener of this.listeners) {
			listener(previous, this.state);
		}
	}
}

const light = new TrafficLight();
const log = [];
const stop = light.onChange((from, to) => {
	log.push(from + ' -> ' + to);
});
light.next();
light.next();
stop();
light.next();
console.log(log.join('\n'));
console.log(light.state, Object.keys(transitions).length);

const isDone = (state) => {
	switch (state) {
		case Color.RED:
			return true;
		default:
			return false;
	}
};
console.log(isDone(light.state));
