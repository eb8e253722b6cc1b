import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { handleApiRequest, type ApiParts, type RequestRecord } from './api';
import { Callbacks } from './callbacks';
import { Faults } from './faults';
import type { Job } from './job';
import { jobApiOf, TASK_QUOTAS } from './jobApis';
import { fileStore, memoryOnly } from './jobStore';
import { Jobs } from './jobs';
import { DEFAULTS, type FakeOptions } from './options';
import { Quota } from './quota';
import { readBody } from './requestBody';
import { sendApiResponse, sendBody } from './send';
import { sampleImage, sendVideo } from './video';

export type { FakeOptions } from './options';

export interface Fake {
	/** Base URL, without a trailing slash. */
	readonly url: string;
	readonly port: number;
	readonly jobs: Jobs;
	readonly quota: Quota;
	readonly faults: Faults;
	readonly callbacks: Callbacks;
	/** Every API request, oldest first. */
	readonly requests: RequestRecord[];
	/** Requests for paths that the service does not have. */
	readonly unhandled: string[];
	/** Requests whose response is not complete yet, including those that hang. */
	readonly inFlight: number;
	/** Highest value that `inFlight` ever had. */
	readonly peakInFlight: number;
	/** Downloads of videos whose connection is open and whose body is not complete. */
	readonly openDownloads: number;
	/** Listens again on the same port. */
	listen(): Promise<void>;
	/** Refuses connections, like a service that is down. Jobs and callbacks continue. */
	stopListening(): Promise<void>;
	/** Ends everything, including requests that hang. */
	close(): Promise<void>;
}

class LocalService implements Fake {
	readonly jobs: Jobs;
	readonly quota: Quota;
	readonly faults = new Faults();
	readonly callbacks: Callbacks;
	readonly requests: RequestRecord[] = [];
	readonly unhandled: string[] = [];
	port: number;
	inFlight = 0;
	peakInFlight = 0;
	openDownloads = 0;
	private readonly server: Server;
	private readonly api: ApiParts;
	private readonly pauses = new Set<() => void>();

	constructor(private readonly options: FakeOptions) {
		const { clock, accounts, stateFile, hostWithoutPort } = options;
		this.port = options.port;
		const store = stateFile === undefined ? memoryOnly : fileStore(stateFile);
		this.jobs = new Jobs(
			clock,
			{ waitMs: 1_000, runMs: 4_000, maxRunning: 0, ...options.jobs },
			store,
		);
		this.quota = new Quota(clock, {
			...{ perSecond: 20, perAction: TASK_QUOTAS, countRefused: false },
			...options.quota,
		});
		const videoUrlOf = ({ jobId }: Job) => `${options.publicUrl ?? this.url}/video/${jobId}.mp4`;
		this.callbacks = new Callbacks(clock, options.callbacks, videoUrlOf);
		this.jobs.onChange((job) => this.callbacks.notify(job));
		this.callbacks.onAttempt((jobId, attempt) => this.jobs.recordAttempt(jobId, attempt));
		this.api = {
			...{ clock, accounts, videoUrlOf, validation: options, signature: { hostWithoutPort } },
			...{ jobs: this.jobs, quota: this.quota, faults: this.faults },
		};
		this.server = createServer((request, response) => this.receive(request, response));
		this.server.keepAliveTimeout = 60_000;
	}

	get url(): string {
		return `http://${this.options.host}:${this.port}`;
	}

	async listen(): Promise<void> {
		await new Promise<void>((resolve, reject) => {
			this.server.once('error', reject);
			this.server.listen(this.port, this.options.host, () => {
				this.server.off('error', reject);
				resolve();
			});
		});
		this.port = (this.server.address() as AddressInfo).port;
	}

	async stopListening(): Promise<void> {
		if (!this.server.listening) return;
		const closed = new Promise((resolve) => this.server.close(resolve));
		this.server.closeAllConnections();
		await closed;
	}

	async close(): Promise<void> {
		for (const cancel of this.pauses) cancel();
		this.jobs.close();
		this.callbacks.close();
		await this.stopListening();
		await this.callbacks.idle();
	}

	private receive(request: IncomingMessage, response: ServerResponse): void {
		this.inFlight += 1;
		this.peakInFlight = Math.max(this.peakInFlight, this.inFlight);
		response.on('close', () => {
			this.inFlight -= 1;
		});
		response.setHeader('date', new Date(this.options.clock.now()).toUTCString());
		this.route(request, response).catch((error: unknown) => {
			// A client that gives up while it sends is not an error of the service.
			if (!request.complete || response.headersSent) return void response.destroy();
			sendBody(response, 500, 'text/plain', error instanceof Error ? String(error.stack) : '');
		});
	}

	private async route(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const [path = '', query = ''] = (request.url ?? '').split(/\?(.*)/s);
		const { method = '' } = request;
		const [, jobId] = /^\/video\/([\w-]+)\.mp4$/.exec(path) ?? [];
		const isRead = method === 'GET' || method === 'HEAD';
		if (path === '/' && (method === 'POST' || 'x-tc-action' in request.headers)) {
			await this.serveApi(request, response, { method, query });
		} else if (isRead && jobId !== undefined) {
			this.serveVideo(request, response, { jobId, query });
		} else if (isRead && /^\/(image|video\/[\w-]+)\.png$/.test(path)) {
			sendBody(response, 200, 'image/png', sampleImage());
		} else {
			this.unhandled.push(`${method} ${request.url ?? ''}`);
			request.resume();
			sendBody(response, 404, 'text/plain', 'The service has no such path.\n');
		}
	}

	private async serveApi(
		request: IncomingMessage,
		response: ServerResponse,
		target: { method: string; query: string },
	): Promise<void> {
		const call = { ...target, ...(await readBody(request)), headers: request.headers };
		const { response: content, fault, now } = handleApiRequest(this.api, call, this.requests);
		response.setHeader('date', new Date(now).toUTCString());
		const json = JSON.stringify({ Response: content });
		const pause = this.options.latencyMs + (fault?.kind === 'delay' ? fault.ms : 0);
		this.after(pause, () => sendApiResponse(response, this.options.clock, json, fault));
	}

	private serveVideo(
		request: IncomingMessage,
		response: ServerResponse,
		{ jobId, query }: { jobId: string; query: string },
	): void {
		this.openDownloads += 1;
		response.on('close', () => {
			this.openDownloads -= 1;
		});
		const { clock, videoValidMs } = this.options;
		const job = this.jobs.get(jobId);
		const age = clock.now() - (job?.endedAt ?? 0);
		const expired = age > (videoValidMs ?? jobApiOf(job?.action)?.videoValidMs ?? 0);
		const isLoop = query === 'loop';
		const fault = job?.status === 'DONE' && !isLoop ? this.faults.takeVideo(jobId) : undefined;
		const pause = fault?.kind === 'delay' ? fault.ms : 0;
		this.after(pause, () => sendVideo(response, { request, job, expired, isLoop, fault, clock }));
	}

	private after(ms: number, run: () => void): void {
		if (ms <= 0) return run();
		const cancel = this.options.clock.schedule(ms, () => {
			this.pauses.delete(cancel);
			run();
		});
		this.pauses.add(cancel);
	}
}

/** Starts the local service. Resolves once it listens. */
export const startFake = async (options: Partial<FakeOptions> = {}): Promise<Fake> => {
	const fake = new LocalService({ ...DEFAULTS, ...options });
	await fake.listen();
	return fake;
};
