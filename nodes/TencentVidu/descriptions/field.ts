import type {
	INodeProperties,
	INodePropertyCollection,
	INodePropertyOptions,
	INodePropertyRouting,
} from 'n8n-workflow';

import type { Site } from '../../../credentials/account';

/** The Path of a new trigger, and the one that Submit reports to by default. */
export const DEFAULT_TRIGGER_PATH = 'tencent-vidu';

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
	/** The most characters that the service takes. */
	maxLength?: number;
	/** What a text must be: an http(s) URL, a JSON object, an ID, or an image as Base64. */
	format?: 'url' | 'json' | 'jobId' | 'subjectId' | 'image';
	/** What the field holds images as: addresses, or binary fields. */
	image?: 'url' | 'binary';
	/** A switch that the vendor takes as 1 or 0. */
	sentAs?: 'integer';
}

/** A kind of job: a pair of the vendor's actions, and the fields of its Submit. */
export interface Resource {
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
