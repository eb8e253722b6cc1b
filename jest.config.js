/** @type {import('jest').Config} */
module.exports = {
	testMatch: ['<rootDir>/test/**/*.test.ts'],
	modulePathIgnorePatterns: [
		'<rootDir>/.cache/',
		'<rootDir>/dist/',
		'<rootDir>/test/support/n8n/.*/node_modules/',
	],
	transform: { '^.+\\.ts$': ['ts-jest', { tsconfig: '<rootDir>/tsconfig.test.json' }] },
	testEnvironment: 'node',
	collectCoverageFrom: ['{credentials,nodes}/**/*.ts'],
	coverageReporters: [['text', { skipFull: true }]],
	// In percent. The tests cover two to four points more.
	coverageThreshold: {
		'./credentials/': { statements: 97, branches: 94, functions: 97, lines: 97 },
		'./nodes/': { statements: 96, branches: 89, functions: 95, lines: 96 },
	},
};
