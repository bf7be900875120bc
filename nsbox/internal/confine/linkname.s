// This file is empty; it lets the package declare functions that package
// runtime defines.
