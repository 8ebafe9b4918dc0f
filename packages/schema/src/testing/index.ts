export { type HostileText, hostileTexts } from './hostile.js';
