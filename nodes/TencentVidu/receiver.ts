import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { z } from 'zod';

import { readCallback } from './callback';

const eventsSchema = z.array(z.enum(['success', 'failed']));

/** Answers a callback: 200 in any case, since the vendor would only repeat what is refused. */
export async function receive(this: IWebhookFunctions): Promise<IWebhookResponseData> {
	const events = eventsSchema.parse(this.getNodeParameter('events'));
	const body: unknown = this.getBodyData();
	const callback = readCallback(body, events);
	if (callback.ignored !== undefined) {
		return await Promise.resolve({ webhookResponse: { ignored: callback.ignored } });
	}
	return { workflowData: [[{ json: { ...callback.job } as IDataObject }]] };
}
