import * as errorReport from '../../../../nodes/TencentVidu/execution/errorReport';
import { numbered, runToEnd } from '../../../support/engine/serviceRun';
import { useVirtualService } from '../../../support/engine/virtualService';

jest.mock('../../../../nodes/TencentVidu/clock', () =>
	jest
		.requireActual<{ onVirtualTime: () => object }>('../../../support/engine/onVirtualTime')
		.onVirtualTime(),
);

const service = useVirtualService();

const WRONG = { duration: 99 };
const retrying = { retryOnFail: true, maxTries: 3, waitBetweenTries: 0.001 };

it.each([
	['once', {}],
	['in three tries', retrying],
])('reports thousands of wrong items as one short error, %s', async (_, settings) => {
	const built = jest.spyOn(errorReport, 'reportFailure');
	const { error, data } = await runToEnd(service.fake, {
		items: numbered(2_000),
		parameters: WRONG,
		settings,
	});
	expect(error?.message).toContain('and 1999 more');
	expect(error?.description?.length).toBeLessThan(2_000);
	expect(data?.failures).toHaveLength(100);
	expect(built).toHaveBeenCalledTimes(settings === retrying ? 3 : 1);
	built.mockRestore();
	expect(service.fake.requests).toEqual([]);
});

it('reports each of thousands of wrong items with Continue by itself', async () => {
	const settings = { onError: 'continueRegularOutput' as const };
	const items = numbered(2_000);
	const { errorItems } = await runToEnd(service.fake, { items, parameters: WRONG, settings });
	expect(errorItems).toHaveLength(2_000);
	const lengths = errorItems.map((item) => JSON.stringify(item).length);
	expect(Math.max(...lengths)).toBeLessThan(1_000);
});
