import ts from 'typescript';

export interface Field {
	type: string;
	required: boolean;
}

export type Structure = Record<string, Field>;

const parse = (text: string) =>
	ts.createSourceFile('typings.d.ts', text, ts.ScriptTarget.Latest, true);

/** The interfaces of typings, with the type of each field as test/support/vendor writes it. */
export function structuresIn(typings: string): Map<string, Structure> {
	const interfaces = parse(typings).statements.filter((one) => ts.isInterfaceDeclaration(one));
	return new Map(interfaces.map(({ name, members }) => [name.text, fieldsOf(members)]));
}

const fieldsOf = (members: readonly ts.TypeElement[]): Structure =>
	Object.fromEntries(
		members
			.filter((member) => ts.isPropertySignature(member))
			.map((member) => [
				member.name.getText(),
				{
					type: (member.type?.getText() ?? 'unknown').replace(/^Array<(.+)>$/, '$1[]'),
					required: member.questionToken === undefined,
				},
			]),
	);

/** The names of the actions in the typings of a client. */
export const actionsIn = (typings: string): string[] =>
	parse(typings)
		.statements.filter((one) => ts.isClassDeclaration(one))
		.flatMap(({ members }) => members.filter((member) => ts.isMethodDeclaration(member)))
		.map(({ name }) => name.getText());

/** The error codes that typings name as constants or members of enums. The SDK has none by now. */
export const errorCodesIn = (typings: string): string[] => [
	...new Set(
		[...typings.matchAll(/['"]((?:\w+Operation|InvalidParameter\w*|Re\w+)\.[\w.]+)['"]/g)].map(
			([, code = '']) => code,
		),
	),
];
