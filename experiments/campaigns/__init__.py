"""Long runs of campaigns: killed, frozen, robbed of power; judged by a checker that shares no code with the package."""
