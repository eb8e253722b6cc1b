import { type Answer, type ApiCall, type Caller, send, textIn } from './apiCall';
import { isActive, MPS, VCLM } from './freeCalls';

export interface PaidOptions {
	/** Public address of an image. Video Creation on International needs one. */
	image: string;
	/** Public address that callbacks go to, or empty. */
	callbackUrl: string;
	sleep: (ms: number) => Promise<void>;
}

const POLL_MS = 10_000;
const MAX_POLLS = 90;
const PROMPT = 'A white cup on a table, steam rises';

interface CheapestJob {
	submit: ApiCall;
	/** Name of the id of the job, in the answer and in the query. */
	id: string;
	/** Undefined where the site has no query. */
	describe?: string;
}

/** The shortest and smallest video of Video Creation. Undefined if it needs an image and there is none. */
function vclmJob({ site, region }: Caller, options: PaidOptions): CheapestJob | undefined {
	const { image, callbackUrl } = options;
	if (!image && site === 'international') return undefined;
	const resource = image ? 'ImageToVideo' : 'TextToVideo';
	const body = {
		...{ Prompt: PROMPT, Duration: 1 },
		...(image
			? { Images: [image], Model: 'viduq2-turbo', Resolution: '720p' }
			: { Model: 'viduq2', Resolution: '540p' }),
		...(callbackUrl && { CallbackUrl: callbackUrl }),
	};
	return {
		submit: { ...VCLM, action: `Submit${resource}ViduJob`, body, region },
		id: 'JobId',
		...(site === 'china' && { describe: `Describe${resource}ViduJob` }),
	};
}

const mpsJob = (): CheapestJob => ({
	submit: {
		...{ ...MPS, action: 'CreateAigcVideoTask' },
		body: {
			...{ ModelName: 'Vidu', ModelVersion: 'q2', Prompt: PROMPT, Duration: 1 },
			ExtraParameters: { Resolution: '540P' },
		},
	},
	id: 'TaskId',
	describe: 'DescribeAigcVideoTask',
});

/** Submits one cheapest job to each service that the free calls show as active, and asks until it ends. */
export async function paidJobs(
	caller: Caller,
	free: readonly Answer[],
	options: PaidOptions,
): Promise<Answer[]> {
	const jobs = [vclmJob(caller, options), mpsJob()];
	const answers: Answer[] = [];
	for (const job of jobs) {
		if (!job || !isActive(free, job.submit.service)) continue;
		answers.push(...(await untilEnded(caller, job, options)));
	}
	return answers;
}

/** Sends a Submit once, whatever becomes of it. Keeps the first and the last answer for each status. */
async function untilEnded(
	caller: Caller,
	{ submit, id, describe }: CheapestJob,
	{ sleep }: PaidOptions,
): Promise<Answer[]> {
	const submitted = await send(submit, caller);
	const jobId = textIn(submitted, id);
	if (!jobId || describe === undefined) return [submitted];
	const byStatus = new Map<string, Answer>();
	for (let polls = 0; polls < MAX_POLLS; polls++) {
		await sleep(POLL_MS);
		const answer = await send({ ...submit, action: describe, body: { [id]: jobId } }, caller);
		const status = textIn(answer, 'Status');
		byStatus.set(status || `${answer.code ?? answer.status}`, answer);
		if (/^(DONE|FAIL)/.test(status)) break;
	}
	return [submitted, ...byStatus.values()];
}
