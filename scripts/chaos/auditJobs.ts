import type { Job } from '../../test/support/fake/job';
import { countBy, type Evidence, type Figure, promptOf, referenceOf } from './evidence';
import { jobIdsIn } from './executions';

/** A response that was sent so shortly before the end of its reader may not have been handled. */
const HANDLING_MS = 250;

/** A job is logged when it is accepted, or when its callback alone tells of it. */
const LOGGED = /Tencent Cloud (?:accepted|reported) a Vidu job: .*/g;

const loggedIn = (logs: readonly string[]) =>
	jobIdsIn(logs.flatMap((log) => [...log.matchAll(LOGGED)].map(([line]) => line)));

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
export function jobFigures(evidence: Evidence): Figure[] {
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
