import { DownloadLimiter } from '../../../../nodes/TencentVidu/jobs/downloadLimiter';

const { signal } = new AbortController();

const turn = async () => await new Promise((resolve) => setImmediate(resolve));

/** Starts downloads that go on until they are ended. */
function queueOn(limiter: DownloadLimiter) {
	const running: Array<{ name: string; end: () => void }> = [];
	const start = (name: string, fairnessKey: unknown, host = 'a', count = 1, maxWaiting = 1e9) =>
		Array.from({ length: count }, async () => {
			const task = async () => {
				await new Promise<void>((end) => running.push({ name, end }));
				return name;
			};
			return await limiter.run({ fairnessKey, host, maxWaiting }, task, signal);
		});
	const names = () => running.map(({ name }) => name).join('');
	return { running, start, names };
}

it('lets four of a run, eight of a host and sixteen in all download at once', async () => {
	const { start, names } = queueOn(new DownloadLimiter());
	void start('A', {}, 'a', 9);
	void start('B', {}, 'a', 9);
	void start('C', {}, 'a', 9);
	await turn();
	expect(names()).toBe('AAAABBBB');
	for (const name of 'DEF') void start(name, {}, name, 9);
	await turn();
	expect(names()).toBe('AAAABBBBDDDDEEEE');
});

it('does not let four stalled downloads of a run stop those of another', async () => {
	const { start, names } = queueOn(new DownloadLimiter());
	void start('A', 'run 1', 'a', 50);
	await turn();
	void start('B', 'run 2');
	await turn();
	expect(names()).toBe('AAAAB');
});

it('lets the next one in when a download ends or throws', async () => {
	const limiter = new DownloadLimiter();
	const { start, running, names } = queueOn(limiter);
	const run = {};
	const fail = async () => await limiter.run({ fairnessKey: run, host: 'a' }, async () => await Promise.reject(new Error('x')), signal); // prettier-ignore
	await Promise.all(
		Array.from({ length: 9 }, async () => await expect(fail()).rejects.toThrow('x')),
	);
	const all = start('A', run, 'a', 6);
	await turn();
	expect(names()).toBe('AAAA');
	for (let index = 0; index < 6; index++) {
		running[index]?.end();
		await turn();
	}
	expect(await Promise.all(all)).toEqual(Array(6).fill('A'));
});

it('turns down what is one too many to wait', async () => {
	const { start } = queueOn(new DownloadLimiter());
	const all = start('A', 'trigger', 'a', 7, 2);
	expect(await all[6]).toBeUndefined();
	const first = await Promise.race([...all.slice(0, 6), turn().then(() => 'waiting')]);
	expect(first).toBe('waiting');
});

it('lets nobody in who has stopped waiting', async () => {
	const limiter = new DownloadLimiter();
	const { start, running, names } = queueOn(limiter);
	const run = {};
	const all = start('A', run, 'a', 4);
	const stop = new AbortController();
	const task = async () => await Promise.reject(new Error('never'));
	const waiting = limiter.run({ fairnessKey: run, host: 'a' }, task, stop.signal);
	await turn();
	stop.abort();
	expect(await waiting).toBeUndefined();
	running.forEach(({ end }) => end());
	await Promise.all(all);
	expect(names()).toBe('AAAA');
});
