import { callbacks } from './callbacks';
import { images } from './images';
import { polling } from './polling';
import { publish, type Report, stale } from './report';
import { signing } from './signing';
import { quota, unlimited } from './submission';

const benchmarks: Record<string, () => Promise<Report> | Report> = {
	signing,
	quota,
	unlimited,
	images,
	polling,
	callbacks,
};

async function main(): Promise<void> {
	const chosen = process.argv.slice(2);
	if (chosen.includes('--stale')) {
		console.log(stale().join('\n') || 'No table is older than the code.');
		return;
	}
	const unknown = chosen.filter((name) => !(name in benchmarks));
	if (unknown.length > 0) {
		throw new Error(`no ${unknown.join(', ')}; there are ${Object.keys(benchmarks).join(', ')}`);
	}
	for (const [name, run] of Object.entries(benchmarks)) {
		if (chosen.length > 0 && !chosen.includes(name)) continue;
		const began = performance.now();
		publish(name, await run());
		console.log(`${name} took ${Math.round((performance.now() - began) / 1000)} s`);
	}
}

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
