import type { Service } from './services';

/** What the operations of all resources have in common, in the words of a service. */
export const operationRows = ({ videoHours, hasCallbacks }: Service) =>
	[
		{
			value: 'generate',
			name: 'Generate',
			description: 'Start a job, wait for it, and go on with the video',
			toolDescription: `Makes a new video with Vidu and waits for it, which takes minutes. Each call with new input costs money. Returns JobId, Status and ResultVideoUrl, an address that works for ${videoHours} hours. If a call times out or its answer is lost, call it once more with exactly the same input: it goes on with the same job. If Status is FAIL, tell the user why.`,
			builderHint:
				'The usual choice: returns an item with the finished video for each input item. Each execution is billed, so do not put it into a loop that retries.',
			createsJob: true,
			waits: true,
		},
		{
			value: 'get',
			name: 'Get',
			description: `Get the status of a job, and its video once it is done${hasCallbacks ? ' (China site)' : ''}`,
			toolDescription:
				'Tells the status of a Vidu video job by its JobId: WAIT, RUN, DONE or FAIL. Returns ResultVideoUrl once it is DONE. Costs nothing, so it may be called again.',
			builderHint:
				'Costs nothing. Needs the JobId that Submit returned, as text. Status is WAIT, RUN, DONE or FAIL.',
			createsJob: false,
			waits: false,
		},
		{
			value: 'submit',
			name: 'Submit',
			description: 'Start a job and go on with its JobId, without waiting for the video',
			toolDescription:
				'Starts a new video with Vidu and returns its JobId at once, without the video. Each call with new input costs money. Never call it twice for the same video: ask for the result by its JobId.',
			builderHint: hasCallbacks
				? 'For results that another workflow handles later: set sendResultTo to trigger, and add a Tencent Cloud Vidu Trigger with the same path. Each execution is billed.'
				: 'For results that are fetched later: keep the JobId, and ask for it by Get. Each execution is billed.',
			createsJob: true,
			waits: false,
		},
	] as const;
