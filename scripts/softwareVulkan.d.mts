/** See softwareVulkan.mjs. */
export function findSoftwareVulkan(): string | undefined;
export function hasVulkanLoader(): boolean;
