import type { Field } from './field';

/** Options that only the trigger has, by their names. */
export const triggerOptionRows = {
	confirm: {
		displayName: 'Confirm',
		name: 'confirm',
		type: 'boolean',
		default: false,
		description:
			'Whether to ask Tencent Cloud about the job first (China site). Its answer counts, not the callback. While the job runs, or if Tencent Cloud does not know it, nothing starts.',
	},
	dropRepeats: {
		displayName: 'Drop Repeats',
		name: 'dropRepeats',
		type: 'boolean',
		default: true,
		description:
			'Whether to start the workflow once for each result. Tencent Cloud may report one up to three times.',
	},
	onUnconfirmed: {
		displayName: 'On Unconfirmed',
		name: 'onUnconfirmed',
		type: 'options',
		options: [
			{
				name: 'Refuse',
				value: 'refuse',
				description: 'Start nothing. Tencent Cloud is told to send the callback again.',
			},
			{
				name: 'Start',
				value: 'start',
				description: 'Start the workflow, with Confirmed set to false in the item',
			},
		],
		default: 'refuse',
		description:
			'What to do when Confirm is on and Tencent Cloud cannot be asked: no answer, no JobId in the callback, or an International account',
	},
} satisfies Record<string, Field>;
