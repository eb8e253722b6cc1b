import { describeResponse } from './describeResponse';
import { describeTask } from './describeTask';
import {
	CREATE_TASK,
	DESCRIBE_TASK,
	describeActionOf,
	type Job,
	RESOURCES,
	submitActionOf,
	type Wire,
} from './job';
import { jobIdOf, taskIdOf } from './jobIds';

/** A pair of actions that create and read jobs, and what the vendor's pages say about them. */
export interface JobApi {
	submit: string;
	describe: string;
	/** Name of the job's id in requests and responses. */
	idName: 'JobId' | 'TaskId';
	/** The id of the job with this number. */
	toId: (serial: bigint) => string;
	/** Error code for an id that the account does not have. */
	unknownId: string;
	/** Content of the response of `describe`, without RequestId. */
	respond: (job: Job, videoUrl: string) => Wire;
	/** How long a video can be downloaded after its job ended. */
	videoValidMs: number;
}

const HOUR_MS = 3_600_000;

/** Limits of Media Processing in requests a second. Those of VCLM are all the same. */
export const TASK_QUOTAS: Record<string, number> = { [CREATE_TASK]: 10, [DESCRIBE_TASK]: 50 };

const videoCreation = RESOURCES.map((resource): JobApi => ({
	submit: submitActionOf(resource),
	describe: describeActionOf(resource),
	idName: 'JobId',
	toId: jobIdOf,
	unknownId: 'FailedOperation.JobNotFound',
	respond: describeResponse,
	videoValidMs: 24 * HOUR_MS,
}));

const mediaProcessing: JobApi = {
	submit: CREATE_TASK,
	describe: DESCRIBE_TASK,
	idName: 'TaskId',
	toId: taskIdOf,
	// The pages do not say which of the product's two codes for unknown tasks it is.
	unknownId: 'FailedOperation.TaskNotFound',
	respond: describeTask,
	videoValidMs: 12 * HOUR_MS,
};

/** The pairs of actions of VCLM and of Media Processing. */
export const JOB_APIS: readonly JobApi[] = [...videoCreation, mediaProcessing];

const BY_SUBMIT = new Map(JOB_APIS.map((api) => [api.submit, api]));

/** The pair that the action which created a job belongs to. */
export const jobApiOf = (submitAction: string | undefined): JobApi | undefined =>
	BY_SUBMIT.get(submitAction ?? '');
