import type { Answer, Caller } from './apiCall';
import { listenForCallbacks, type ReceivedCallback } from './callbackListener';
import { freeCalls } from './freeCalls';
import { paidJobs } from './paidJobs';
import { redact } from './redact';

const CALLBACK_WAIT_MS = 60_000;

export interface LiveOptions {
	/** Whether to submit paid jobs. `confirm` is asked then. */
	pay: boolean;
	image: string;
	callbackUrl: string;
	/** Port on loopback that the callback URL leads to. */
	listen: number;
	/** Whether the user has typed yes. */
	confirm: (question: string) => Promise<boolean>;
	report: (line: string) => void;
	sleep: (ms: number) => Promise<void>;
}

export interface LiveReport {
	site: string;
	region: string;
	answers: unknown[];
	callbacks: unknown[];
}

const QUESTION =
	'This submits one job to each service that is active: two at most, of one second each. Type yes to pay: ';

const summaryOf = ({ call, status, code }: Answer) =>
	`${call.service} ${call.action}: ${code ?? (status === 200 ? 'OK' : `HTTP ${status}`)}`;

/** Sends the free calls, the paid ones if they are wanted and confirmed, and returns what came, redacted. */
export async function liveCheck(caller: Caller, options: LiveOptions): Promise<LiveReport> {
	const answers = await freeCalls(caller);
	for (const answer of answers) options.report(summaryOf(answer));
	const callbacks: ReceivedCallback[] = [];
	if (options.pay && (await options.confirm(QUESTION))) {
		const listener = options.callbackUrl ? await listenForCallbacks(options.listen) : undefined;
		try {
			const paid = await paidJobs(caller, answers, options);
			for (const answer of paid) options.report(summaryOf(answer));
			answers.push(...paid);
			if (listener && listener.received.length === 0) await options.sleep(CALLBACK_WAIT_MS);
			callbacks.push(...(listener?.received ?? []));
		} finally {
			await listener?.close();
		}
	}
	const secrets = [caller.secretId, caller.secretKey, caller.token];
	return {
		...{ site: caller.site, region: caller.region },
		answers: answers.map((answer) => redact(answer, secrets)),
		callbacks: callbacks.map((callback) => redact(callback, secrets)),
	};
}
