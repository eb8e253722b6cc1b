import type { Site } from '../../../credentials/account';

/** A product of the vendor's that makes videos. */
export interface Service {
	value: string;
	name: string;
	description: string;
	/** The address of its API on each site. */
	url: Record<Site, string>;
	version: string;
	/** What the vendor calls the id of a job, in requests and responses. */
	idName: 'JobId' | 'TaskId';
	/** Requests per second that the vendor takes of the action that makes a job, and of the other. */
	limits: { submit: number; describe: number };
	/** The sites where a job can be asked for. */
	describeSites: Site[];
	/** Whether it reports the end of a job to a URL. */
	hasCallbacks: boolean;
	/** Hours for which the address of a video works. */
	videoHours: number;
	/** What each request that makes a job holds beside its fields. */
	constants: Record<string, string>;
}

/** https://cloud.tencent.com/document/api/1616 */
export const videoCreation: Service = {
	value: 'vclm',
	name: 'Video Creation (VCLM)',
	description: 'Takes URLs and files. The International site only calls n8n with the results.',
	url: {
		china: 'https://vclm.tencentcloudapi.com',
		international: 'https://vclm.intl.tencentcloudapi.com',
	},
	version: '2024-05-23',
	idName: 'JobId',
	limits: { submit: 20, describe: 20 },
	describeSites: ['china'],
	hasCallbacks: true,
	videoHours: 24,
	constants: {},
};

/** https://cloud.tencent.com/document/api/862/126965 */
export const mediaProcessing: Service = {
	value: 'mps',
	name: 'Media Processing (MPS)',
	description: 'Takes public URLs. Both sites can be asked for a job.',
	url: {
		china: 'https://mps.tencentcloudapi.com',
		international: 'https://mps.intl.tencentcloudapi.com',
	},
	version: '2019-06-12',
	idName: 'TaskId',
	limits: { submit: 10, describe: 50 },
	describeSites: ['china', 'international'],
	hasCallbacks: false,
	videoHours: 12,
	constants: { ModelName: 'Vidu' },
};
