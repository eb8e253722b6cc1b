import type { INodeProperties, INodePropertyRouting } from 'n8n-workflow';

import type { Site } from '../../../credentials/account';

/** An n8n row for one field of the API, with what n8n has no key for. */
export interface Field extends INodeProperties {
	/** Absent: both sites document the field. */
	documentedBy?: 'china';
	/** The most characters that the service takes. */
	maxLength?: number;
	/** What a text must be: an http(s) URL, a JSON object, a Job ID, or an image as Base64. */
	format?: 'url' | 'json' | 'id' | 'image';
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
	/** The sites that have the action which describes a job. */
	describeSites: Site[];
	/** Of the item: "an image", "a text". */
	madeFrom: string;
	/** The fields of Submit and Generate. */
	fields: Field[];
}

/** What n8n's Operation selector offers for a resource. */
export interface Operation {
	value: 'generate' | 'get' | 'submit';
	name: string;
	/** How the node panel lists it. */
	action: string;
	description: string;
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
export const to = (property: string, value?: string): INodePropertyRouting => ({
	send: { type: 'body', property, ...(value === undefined ? {} : { value }) },
});

/** A collection's options hold both rows and plain values. */
export const isField = (option: unknown): option is Field =>
	typeof option === 'object' && option !== null && 'type' in option;
