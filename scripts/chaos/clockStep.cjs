// Loaded into n8n by `node --require`. Shifts the wall clock by the milliseconds in the file CLOCK_OFFSET_FILE.
// The monotonic clock and the timers are not shifted.
const { readFileSync } = require('node:fs');

const RealDate = Date;
// Libraries assign Date.now to itself.
const realNow = Date.now;
let offset = 0;

const readOffset = () => {
	try {
		offset = Number(readFileSync(process.env.CLOCK_OFFSET_FILE, 'utf8')) || 0;
	} catch {
		// The file is being replaced. The next look finds it.
	}
};
readOffset();
setInterval(readOffset, 100).unref();

const now = () => realNow() + offset;

globalThis.Date = new Proxy(RealDate, {
	construct: (target, args, newTarget) =>
		Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
	apply: () => new RealDate(now()).toString(),
	get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
});
RealDate.prototype.constructor = globalThis.Date;
