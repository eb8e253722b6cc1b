import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import type { Site } from '../../../credentials/account';
import type { Action } from '../jobs/runOperation';
import * as fields from './fields';
import type { Field } from './fields';
import { RowSchema } from '../request/fieldSchema';
import { getOptions, submitOptions, waitOptions } from './options';
import { performer } from '../execution/routingHook';

/** An entry of the Operation selector, and everything that follows from it. */
export interface Operation {
	value: string;
	name: string;
	/** How the node panel lists it. */
	action: string;
	description: string;
	/** The vendor's action. */
	apiAction: string;
	submits: boolean;
	rows: Field[];
	waitsBy?: string;
	refusal?: Action['refusal'];
}

export interface Resource {
	value: string;
	name: string;
	operations: Operation[];
}

const additionalFields = {
	displayName: 'Additional Fields',
	name: 'additionalFields',
	type: 'collection',
	placeholder: 'Add Field',
	default: {},
	description: 'Sent only when added; otherwise the service decides',
	options: [
		fields.audio,
		fields.audioType,
		fields.bgm,
		fields.callbackUrl,
		fields.duration,
		fields.metaData,
		fields.model,
		fields.movementAmplitude,
		fields.offPeak,
		fields.payload,
		fields.isRec,
		fields.resolution,
		fields.voiceId,
		fields.logoAdd,
		fields.logoParam,
	],
} satisfies INodeProperties;

const frameRows = [
	fields.frames,
	fields.firstFrameSource,
	fields.firstFrameUrl,
	fields.firstFrameBinaryField,
	fields.lastFrameSource,
	fields.lastFrameUrl,
	fields.lastFrameBinaryField,
];

const generateRefusal = (site: Site) =>
	site === 'china'
		? undefined
		: {
				field: 'Operation',
				problem:
					'Generate needs an account of the China site: the International site tells results only by callback. Use Submit, and a Tencent Cloud Vidu Trigger that receives them',
			};

const submitRows = [...frameRows, fields.prompt, additionalFields];

export const resources: Resource[] = [
	{
		value: 'imageToVideo',
		name: 'Image to Video',
		operations: [
			{
				value: 'generate',
				name: 'Generate',
				action: 'Generate a video from an image',
				description: 'Submit a job, wait for it, and go on with the video (China site)',
				apiAction: 'SubmitImageToVideoViduJob',
				submits: true,
				waitsBy: 'DescribeImageToVideoViduJob',
				refusal: generateRefusal,
				rows: [...submitRows, waitOptions, submitOptions],
			},
			{
				value: 'get',
				name: 'Get',
				action: 'Get an image-to-video job',
				description: 'Get the status of a job, and its video once it is done (China site)',
				apiAction: 'DescribeImageToVideoViduJob',
				submits: false,
				rows: [fields.jobId, getOptions],
			},
			{
				value: 'submit',
				name: 'Submit',
				action: 'Submit an image-to-video job',
				description: 'Start a job and go on with its JobId, without waiting for the video',
				apiAction: 'SubmitImageToVideoViduJob',
				submits: true,
				rows: [...submitRows, submitOptions],
			},
		],
	},
];

function optionOf(operation: Operation): INodePropertyOptions {
	const { value, name, action, description, apiAction, rows } = operation;
	return {
		value,
		name,
		action,
		description,
		routing: {
			// n8n hands the request over to a function only as a way of paginating.
			send: { paginate: true },
			operations: {
				pagination: performer({ ...operation, name: apiAction, schema: new RowSchema(rows) }),
			},
		},
	};
}

const SITE_NOTE = 'Documented on the China site only.';

const isRow = (option: unknown): option is Field =>
	typeof option === 'object' && option !== null && 'type' in option;

/** Says in the description which site documents the field. */
function withSite(row: Field): Field {
	const options = row.options?.map((option) => (isRow(option) ? withSite(option) : option));
	const description = (row.description ?? '').replace(/\.?$/, `. ${SITE_NOTE}`);
	return {
		...row,
		...(options ? { options } : {}),
		...(row.documentedBy === 'china' ? { description } : {}),
	};
}

/** The node's properties: the selectors, then the rows of each operation, shown for it alone. */
export function propertiesOf(all: Resource[]): INodeProperties[] {
	const resourceSelector: INodeProperties = {
		displayName: 'Resource',
		name: 'resource',
		type: 'options',
		noDataExpression: true,
		options: all.map(({ value, name }) => ({ value, name })),
		default: 'imageToVideo',
	};
	const perResource = all.flatMap(({ value: resource, operations }) => {
		const selector: INodeProperties = {
			displayName: 'Operation',
			name: 'operation',
			type: 'options',
			noDataExpression: true,
			options: operations.map(optionOf),
			default: 'submit',
			displayOptions: { show: { resource: [resource] } },
		};
		const rows = [...new Set(operations.flatMap((operation) => operation.rows))];
		return [
			selector,
			...rows.flatMap((row) => {
				const operation = operations
					.filter((one) => one.rows.includes(row))
					.map(({ value }) => value);
				return updateDisplayOptions({ show: { resource: [resource], operation } }, [withSite(row)]);
			}),
		];
	});
	return [resourceSelector, ...perResource];
}
