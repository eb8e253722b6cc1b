import type { Delivery } from '../../test/support/fake/callbacks';
import { type Job, textOf } from '../../test/support/fake/job';
import { isFinished } from '../../test/support/n8n/execution';
import type { StoredExecution } from './executions';
import type { SubmitResponse } from './serviceSockets';
import type { StartedRun } from './workflows';

/** The end of a process of n8n, between two times in milliseconds since 1970. */
export interface Termination {
	process: string;
	signal: 'SIGKILL' | 'SIGTERM';
	from: number;
	to: number;
}

/** Everything that the script knows when the faults are over. */
export interface Evidence {
	runs: readonly StartedRun[];
	jobs: readonly Job[];
	/** Every attempt to deliver a callback that reports the end of a job. */
	deliveries: readonly Delivery[];
	responses: ReadonlyMap<string, SubmitResponse>;
	/** Jobs whose response to Submit met a fault, so that it could not be read. */
	unreadable: ReadonlySet<string>;
	/** Executions of the workflows that submit. */
	senders: readonly StoredExecution[];
	/** Executions that callbacks started. */
	received: readonly StoredExecution[];
	/** Output of all processes of n8n. */
	logs: readonly string[];
	/** Output of the worker that is ended again and again. */
	restartedWorkerLog: string;
	/** Names of runs that went on after the node under test, once for each time. */
	wentOn: readonly string[];
	terminations: readonly Termination[];
}

/** A figure of the table. A figure with `wrong` must be zero. */
export interface Figure {
	name: string;
	value: number;
	/** What is wrong, one line for each case. */
	wrong?: string[];
}

/** A response that was sent so shortly before the end of its reader may not have been handled. */
const HANDLING_MS = 250;

const LOGGED = /Tencent Cloud accepted a Vidu job: .*?"JobId":"(\d+)"/g;

const loggedIn = (logs: readonly string[]) =>
	new Set(logs.flatMap((log) => [...log.matchAll(LOGGED)].map(([, id]) => id)));

const promptOf = ({ request }: Job) => textOf(request.Prompt);

const referenceOf = ({ callbackUrl = '' }: Job) =>
	/[?&]viduReference=([^&]*)/.exec(callbackUrl)?.[1] ?? '';

const usesTrigger = (job: Job) => promptOf(job).startsWith('submit');

function countBy<T>(values: Iterable<T>): Map<T, number> {
	const counts = new Map<T, number>();
	for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
	return counts;
}

/** Whether the worker of this job's run ended before it can have handled the response to the Submit. */
function wasUnreadAtEnd(
	job: Job,
	{ responses, terminations, senders, restartedWorkerLog }: Evidence,
): boolean {
	const run = senders.find(({ run: name = '-' }) => promptOf(job).startsWith(`${name} `));
	if (run && !restartedWorkerLog.includes(`started execution ${run.id} `)) return false;
	const until = (responses.get(promptOf(job))?.endedAt ?? Infinity) + HANDLING_MS;
	return terminations.some(
		({ process, from, to }) => process === 'worker' && to >= job.createdAt && from <= until,
	);
}

/** Whether n8n has kept the run of a job. It keeps nothing of a run that ended with its worker. */
const hasKeptRun = (job: Job, { senders }: Evidence) =>
	senders.some(
		({ run = '-', status }) => status !== 'crashed' && promptOf(job).startsWith(`${run} `),
	);

const TOLD = {
	shown: '  told in an item or an error',
	logged: '  told in the log of a killed n8n',
	perhaps: '  told as started perhaps, its response was lost',
	trigger: '  told only by the trigger',
	unread: '  response unread when n8n was killed',
	unreadable: '  response lost, n8n killed before its run ended',
};

type Place = keyof typeof TOLD | 'lost';

/** Finds the best place where n8n tells of a job. */
function placesOf(evidence: Evidence): (job: Job) => Place {
	const { senders, received, logs, runs, unreadable } = evidence;
	const shown = new Set(senders.flatMap(({ told }) => [...told]));
	const logged = loggedIn(logs);
	const atTrigger = new Set(received.flatMap(({ stored }) => [...stored]));
	const promptsOf = new Map(runs.map(({ name, prompts }) => [name, prompts]));
	const perhaps = new Set(
		senders.flatMap(({ run = '', perhapsStarted }) =>
			[...perhapsStarted].map((item) => promptsOf.get(run)?.[item]),
		),
	);
	return (job) => {
		if (shown.has(job.jobId)) return 'shown';
		if (logged.has(job.jobId)) return 'logged';
		if (perhaps.has(promptOf(job))) return 'perhaps';
		if (atTrigger.has(job.jobId) || atTrigger.has(referenceOf(job))) return 'trigger';
		if (unreadable.has(job.jobId) && !hasKeptRun(job, evidence)) return 'unreadable';
		return wasUnreadAtEnd(job, evidence) ? 'unread' : 'lost';
	};
}

/** The jobs of the service, by the place where n8n tells of them. */
function jobFigures(evidence: Evidence): Figure[] {
	const { jobs, logs } = evidence;
	const logged = loggedIn(logs);
	const placeOf = placesOf(evidence);
	const places = jobs.map((job) => ({ job, place: placeOf(job) }));
	const at = (wanted: string) => places.filter(({ place }) => place === wanted);
	const describe = ({ job }: { job: Job }) =>
		`${job.jobId} of "${promptOf(job)}" at ${job.createdAt}`;
	const unlogged = at('shown').filter(({ job }) => !logged.has(job.jobId));
	const prompts = [...countBy(jobs.map(promptOf))].filter(([, times]) => times > 1);
	return [
		{ name: 'jobs made', value: jobs.length },
		...Object.entries(TOLD).map(([place, name]) => ({ name, value: at(place).length })),
		{ name: '  lost', value: at('lost').length, wrong: at('lost').map(describe) },
		{
			name: '  told, but not in the log',
			value: unlogged.length,
			wrong: unlogged.map(describe),
		},
		{
			name: 'items with two jobs',
			value: prompts.length,
			wrong: prompts.map(([prompt, times]) => `"${prompt}" has ${times} jobs`),
		},
	];
}

/** The callbacks for the trigger. Each that n8n took must have started the workflow once. */
function callbackFigures({ jobs, deliveries, received }: Evidence): Figure[] {
	const reported = jobs.filter(usesTrigger);
	const taken = new Map([
		...countBy(deliveries.filter(({ status }) => status === 200).map(({ jobId }) => jobId)),
	]);
	// A killed n8n may have stored an execution that it never queued.
	const queued = received.filter(({ status }) => status !== 'new');
	const startsOf = (job: Job) =>
		queued.filter(({ stored }) => stored.has(job.jobId) || stored.has(referenceOf(job)));
	const starts = reported.map((job) => ({
		job,
		taken: taken.get(job.jobId) ?? 0,
		runs: startsOf(job),
	}));
	const describe = ({ job, taken: times, runs }: (typeof starts)[number]) =>
		`${job.jobId} of "${promptOf(job)}": taken ${times} times, started ${runs.map(({ id }) => id).join(', ') || 'nothing'}`;
	// n8n keeps only the status of an execution whose worker was killed.
	const empty = queued.filter(({ stored }) => stored.size === 0).length;
	const unseen = starts.filter((start) => start.taken > 0 && start.runs.length === 0);
	const missing = unseen.length > empty ? unseen : [];
	const doubled = starts.filter(({ runs }) => runs.length > 1);
	return [
		{ name: 'jobs that report to the trigger', value: reported.length },
		{ name: '  callbacks sent', value: deliveries.filter(({ jobId }) => taken.has(jobId)).length },
		{
			name: '  jobs whose callback was taken',
			value: starts.filter((start) => start.taken > 0).length,
		},
		{
			name: '  started the workflow once',
			value: starts.filter(({ runs }) => runs.length === 1).length,
		},
		{ name: '  started a run that was killed', value: Math.min(empty, unseen.length) },
		{
			name: '  taken, but started nothing',
			value: Math.max(0, unseen.length - empty),
			wrong: missing.map(describe),
		},
		{ name: '  started twice', value: doubled.length, wrong: doubled.map(describe) },
	];
}

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
