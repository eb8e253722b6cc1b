/** @type {import('jest').Config} */
module.exports = {
	...require('./jest.config.js'),
	testMatch: ['<rootDir>/test/e2e/**/*.e2e.ts'],
	testTimeout: 300_000,
	maxWorkers: 1,
};
