export { RareStone, RareStoneId, rareStoneById } from './rare-stone.ts';
