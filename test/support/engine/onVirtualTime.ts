import { virtualTime } from './virtualTime';

/** For jest.mock of the package's time: the same module with the virtual clock in it. */
export const onVirtualTime = (): object => ({
	...jest.requireActual<object>('../../../nodes/TencentVidu/clock'),
	systemClock: virtualTime,
});
