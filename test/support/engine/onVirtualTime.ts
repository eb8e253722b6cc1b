import { virtualTime } from './virtualTime';

/** A factory for jest.mock: the package's clock module, on virtual time. */
export const onVirtualTime = (): object => ({
	...jest.requireActual<object>('../../../nodes/TencentVidu/clock'),
	systemClock: virtualTime,
});
