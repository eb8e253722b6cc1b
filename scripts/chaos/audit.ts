import { isFinished } from '../../test/support/n8n/execution';
import { callbackFigures } from './auditCallbacks';
import { jobFigures } from './auditJobs';
import { countBy, type Evidence, type Figure, promptOf } from './evidence';
import type { StoredExecution } from './executions';

/** The runs that park, and how they ended. */
function runFigures({ senders, received, wentOn, jobs }: Evidence): Figure[] {
	const withJobs = new Set(jobs.map((job) => promptOf(job).split(' ')[0]));
	const runs = senders.filter(({ run = '' }) => withJobs.has(run));
	const parked = runs.filter(({ run = '' }) => run.startsWith('parked'));
	const times = countBy(wentOn);
	const count = (wanted: string) => parked.filter(({ status }) => status === wanted).length;
	const isNew = ({ status }: StoredExecution) => status === 'new';
	const open = senders.filter((execution) => !isFinished(execution) && !isNew(execution));
	const twice = [...times].filter(([, often]) => often > 1);
	return [
		{ name: 'runs with jobs', value: runs.length },
		{ name: '  that park', value: parked.length },
		{
			name: '    and went on once',
			value: parked.filter(({ run = '' }) => times.get(run) === 1).length,
		},
		{ name: '    and failed', value: count('error') },
		{ name: '    and ended with a killed n8n', value: count('crashed') },
		{
			name: 'executions that a killed n8n never queued',
			value: [...senders, ...received].filter(isNew).length,
		},
		{
			name: 'runs that never ended',
			value: open.length,
			wrong: open.map(({ id, run, status }) => `execution ${id} of ${run}: ${status}`),
		},
		{
			name: 'runs that went on twice',
			value: twice.length,
			wrong: twice.map(([name, often]) => `${name} ${often} times`),
		},
	];
}

/** Compares the records of the service with what n8n tells its users. */
export const audit = (evidence: Evidence): Figure[] => [
	...jobFigures(evidence),
	...callbackFigures(evidence),
	...runFigures(evidence),
];

/** Without these, a run shows nothing. */
const MUST_OCCUR = new Set([
	'that met a fault',
	'terminations of n8n by SIGKILL',
	'terminations of n8n by SIGTERM',
	'jobs made',
	'started the workflow once',
	'saved as seen when n8n ended',
	'and went on once',
]);

/** Makes a figure wrong if what it counts has to occur in each run, but has not. */
export const requireTried = (figures: readonly Figure[]): Figure[] =>
	figures.map((figure) =>
		figure.value === 0 && MUST_OCCUR.has(figure.name.trim())
			? { ...figure, wrong: ['the run has not tried this'] }
			: figure,
	);
