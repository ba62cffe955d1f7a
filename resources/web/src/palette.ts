// Colours of levels: rises evenly in lightness, told apart by colour-blind eyes; the waterfall and the trail share them.

const STOPS: [number, number, number][] = [[8, 12, 22], [18, 40, 74], [28, 84, 112], [52, 136, 126], [150, 176, 84], [246, 190, 62], [255, 244, 206]];

function mixed(share: number): [number, number, number] {
  const at = Math.min(Math.max(share, 0), 1) * (STOPS.length - 1);
  const index = Math.min(Math.floor(at), STOPS.length - 2);
  const low = STOPS[index]!, high = STOPS[index + 1]!, part = at - index;
  return [0, 1, 2].map((i) => Math.round(low[i]! + (high[i]! - low[i]!) * part)) as [number, number, number];
}

/** 256 colours as RGBA words in the byte order of ImageData. */
export const WORDS: Uint32Array = (() => {
  const bytes = new Uint8ClampedArray(256 * 4);
  for (let i = 0; i < 256; i++) bytes.set([...mixed(i / 255), 255], i * 4);
  return new Uint32Array(bytes.buffer);
})();

/** CSS colour of a share 0 ... 1, from the lighter part so that it shows on any ground. */
export function trailColour(share: number): string {
  const [r, g, b] = mixed(0.4 + 0.47 * Math.min(Math.max(share, 0), 1));
  return `rgb(${r} ${g} ${b})`;
}
