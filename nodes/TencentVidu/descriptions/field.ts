import type {
	INodeProperties,
	INodePropertyCollection,
	INodePropertyOptions,
	INodePropertyRouting,
} from 'n8n-workflow';

import type { Site } from '../../../credentials/account';
import type { Service } from './services';

/** The Path of a new trigger, and the one that Submit reports to by default. */
export const DEFAULT_TRIGGER_PATH = 'tencent-vidu';

/** What to do with a file where a service takes public URLs alone. */
export const NO_FILES =
	'Media Processing takes no files: put the file at a public address first, such as S3, COS or Google Drive, and enter its URL';

/** An option that only some resources have. */
interface Choice extends INodePropertyOptions {
	onlyFor?: string[];
}

/** An n8n row for one field of the API, with what n8n has no key for. */
export interface Field extends INodeProperties {
	options?: Array<Choice | INodeProperties | INodePropertyCollection>;
	/** Absent: both sites document the field. */
	documentedBy?: 'china';
	/** The resources that cannot do without the field. */
	requiredFor?: string[];
	/** What is said if the field is shown and empty. n8n's own `required` refuses a whole workflow, in words of its own. */
	ifEmpty?: string;
	/** The most characters that the service takes. */
	maxLength?: number;
	/** What a text must be: an http(s) URL, one of a service that takes no files, a JSON object, an ID, or an image as Base64. */
	format?: 'url' | 'publicUrl' | 'json' | 'jobId' | 'subjectId' | 'image';
	/** What the field holds images as: addresses, or binary fields. */
	image?: 'url' | 'binary';
	/** How the vendor writes it: a switch as 1 or 0, `1080p` as `1080P`, `viduq3-pro` as `q3-pro`. */
	sentAs?: 'integer' | 'upperCase' | 'modelVersion';
	/** Each entry of the list is sent as an object that has it under this name. */
	entryName?: string;
}

/** What a service offers for a resource: a pair of its actions, and the fields of the first. */
export interface Resource {
	service: Service;
	/** The same for each service that has the resource. */
	value: string;
	name: string;
	/** The vendor's actions that make a job and that describe one. */
	submitAction: string;
	describeAction: string;
	/** The sites that have the action which makes a job. */
	sites: Site[];
	/** How the node panel lists the operations. */
	actions: Record<Operation['value'], string>;
	/** The fields of Submit and Generate, those that are always shown and the others. */
	fields: Field[];
	additionalFields: Field[];
}

/** What n8n's Operation selector offers for a resource. */
export interface Operation {
	value: 'generate' | 'get' | 'submit';
	name: string;
	/** How the node panel lists it. */
	action: string;
	description: string;
	/** Tells n8n's AI workflow builder when to choose the operation. */
	builderHint: string;
	service: Service;
	/** Whether it makes a job, and must therefore never be repeated. */
	createsJob: boolean;
	/** Whether it waits until the job has ended. */
	waits: boolean;
	submitAction: string;
	describeAction: string;
	/** The sites that have every action it needs. */
	sites: Site[];
	fields: Field[];
}

/** Sends a row's value as the body's `property`, the vendor's name for it. */
export const to = (property: string): INodePropertyRouting => ({
	send: { type: 'body', property },
});

/** A collection's options hold both rows and plain values. */
export const isField = (option: unknown): option is Field =>
	typeof option === 'object' && option !== null && 'type' in option;

/** The row as a resource has it: without the options of others, and required where it must be. */
export function rowFor(resource: string, { requiredFor, ...row }: Field): Field {
	const isOffered = (option: object) =>
		!('onlyFor' in option) || (Array.isArray(option.onlyFor) && option.onlyFor.includes(resource));
	return {
		...row,
		...(row.options && { options: row.options.filter(isOffered) }),
		...(requiredFor?.includes(resource) && { required: true }),
	};
}
