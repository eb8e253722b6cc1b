/** @type {import('jest').Config} */
module.exports = {
	testMatch: ['<rootDir>/test/**/*.test.ts'],
	modulePathIgnorePatterns: [
		'<rootDir>/.cache/',
		'<rootDir>/dist/',
		'<rootDir>/test/support/n8n/.*/node_modules/',
	],
	transform: { '^.+\\.ts$': 'ts-jest' },
	testEnvironment: 'node',
	collectCoverageFrom: ['{credentials,nodes}/**/*.ts'],
	coverageReporters: [['text', { skipFull: true }]],
	// In percent. The tests cover two to four points more.
	coverageThreshold: {
		'./credentials/': { statements: 95, branches: 90, functions: 95, lines: 95 },
		'./nodes/': { statements: 92, branches: 87, functions: 92, lines: 92 },
	},
};
