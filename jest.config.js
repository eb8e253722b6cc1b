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
};
