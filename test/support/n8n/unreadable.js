// Runs in the browser: lists what cannot be read in the first visible element of a selector.
(selector) => {
	const tolerance = 1.5;

	const isSeen = (element) =>
		element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
	const root = [...document.querySelectorAll(selector)].find(isSeen);
	if (!root) return [`nothing to be seen: ${selector}`];

	const clips = (overflow) => overflow === 'hidden' || overflow === 'clip';
	const scrolls = (overflow) => overflow === 'auto' || overflow === 'scroll';

	/** The part of a box that can be seen, and whether the rest is lost rather than scrolled away. */
	const seenPartOf = (element, { left, right, top, bottom }) => {
		const seen = { left, right, top, bottom, isCut: false };
		let [x, y] = [true, true];
		for (let outer = element; outer && outer !== root.parentElement; outer = outer.parentElement) {
			const { overflowX, overflowY, display } = getComputedStyle(outer);
			if (display === 'inline' || display === 'contents') continue;
			const box = outer.getBoundingClientRect();
			if (x && clips(overflowX)) {
				seen.isCut ||= seen.left < box.left - tolerance || seen.right > box.right + tolerance;
			}
			if (y && clips(overflowY)) {
				seen.isCut ||= seen.top < box.top - tolerance || seen.bottom > box.bottom + tolerance;
			}
			if (overflowX !== 'visible') {
				seen.left = Math.max(seen.left, box.left);
				seen.right = Math.min(seen.right, box.right);
			}
			if (overflowY !== 'visible') {
				seen.top = Math.max(seen.top, box.top);
				seen.bottom = Math.min(seen.bottom, box.bottom);
			}
			x &&= !scrolls(overflowX);
			y &&= !scrolls(overflowY);
		}
		return seen;
	};

	const textBoxOf = (element) => {
		const range = document.createRange();
		const nodes = [...element.childNodes].filter(
			(node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== '',
		);
		if (nodes.length === 0) return undefined;
		range.setStartBefore(nodes[0]);
		range.setEndAfter(nodes.at(-1));
		return {
			text: range.toString().replace(/\s+/g, ' ').trim(),
			box: range.getBoundingClientRect(),
		};
	};

	/** What a field shows that nobody can type into or has typed into yet. */
	const fieldTextOf = (field) => {
		const text = field.value === '' || field.readOnly ? field.value || field.placeholder : '';
		const { font, paddingLeft, paddingRight } = getComputedStyle(field);
		const pen = document.createElement('canvas').getContext('2d');
		pen.font = font;
		const room = field.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
		return { text, isCut: pen.measureText(text ?? '').width > room + tolerance };
	};

	// n8n's own: the box that measures a node's name, and line numbers. No text of a node is in them.
	const foreign = '[data-test-id="inline-editable-area"], .cm-gutters';
	const elements = [root, ...root.querySelectorAll('*')].filter(
		(element) => isSeen(element) && !element.closest(foreign),
	);
	const cutFields = elements
		.filter((element) => element.matches('input:not([type=checkbox])'))
		.map(fieldTextOf)
		.filter(({ isCut }) => isCut)
		.map(({ text }) => `cut: ${text}`);

	const texts = elements.flatMap((element) => {
		const found = textBoxOf(element);
		if (!found || found.box.width === 0) return [];
		return [{ element, text: found.text, seen: seenPartOf(element, found.box) }];
	});
	const cut = texts.filter(({ seen }) => seen.isCut).map(({ text }) => `cut: ${text}`);

	const shared = (a, b) => ({
		width: Math.min(a.right, b.right) - Math.max(a.left, b.left),
		height: Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top),
	});
	const overlapping = texts.flatMap((one, index) =>
		texts.slice(index + 1).flatMap((other) => {
			if (one.element.contains(other.element) || other.element.contains(one.element)) return [];
			const { width, height } = shared(one.seen, other.seen);
			return width > 3 && height > 3 ? [`overlap: ${one.text} | ${other.text}`] : [];
		}),
	);
	return [...new Set([...cutFields, ...cut, ...overlapping])];
};
